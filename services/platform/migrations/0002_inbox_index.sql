-- Marks are looked up with their tenant, by the primary key; nobody needs a second index.
DROP INDEX inbox_by_consumer;
