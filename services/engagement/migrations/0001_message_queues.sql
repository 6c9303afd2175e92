-- What is planned and what is held are looked for apart: each search reads only rows that it takes. Both indexes hold
-- the few messages that are under way, so that building them inside the migration's transaction is one scan.
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX "messages_planned" ON "messages" USING btree ("tenant_id","next_at") WHERE state = 'PLANNED';--> statement-breakpoint
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX "messages_leased" ON "messages" USING btree ("tenant_id","lease_until") WHERE state IN ('CLAIMED', 'SENDING');--> statement-breakpoint
-- squawk-ignore require-concurrent-index-deletion
DROP INDEX "messages_waiting";
