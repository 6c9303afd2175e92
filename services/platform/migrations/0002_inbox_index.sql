-- Marks are looked up with their tenant, by the primary key; nobody needs a second index. One of a partitioned table
-- cannot be dropped concurrently; the lock is held for a moment only.
-- squawk-ignore require-concurrent-index-deletion
DROP INDEX inbox_by_consumer;
