"""What Airflow finds of Vigie by itself once the package is installed: pages, connection types, a notifier.

Airflow reads its plugins and providers from entry points in every process it starts, so what they name
imports little; pages, hooks and messages are made when somebody asks for them. Here and in ``dags/`` alone
Airflow is imported.
"""
