ALTER TABLE "api_clients" ADD COLUMN "next_key_id" text;--> statement-breakpoint
ALTER TABLE "api_clients" ADD COLUMN "next_secret_hash" "bytea";--> statement-breakpoint
ALTER TABLE "api_clients" ADD COLUMN "kind" text DEFAULT 'OWN' NOT NULL;--> statement-breakpoint
ALTER TABLE "api_clients" ADD COLUMN "plan" text DEFAULT 'STANDARD' NOT NULL;--> statement-breakpoint
ALTER TABLE "api_clients" ADD COLUMN "allowed_addresses" text[] DEFAULT '{}' NOT NULL;--> statement-breakpoint
ALTER TABLE "api_clients" ADD COLUMN "next_key_last_used_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "api_clients" ADD COLUMN "address_refused_at" timestamp with time zone;--> statement-breakpoint
-- A tenant has a handful of clients, and no row has a second key yet: the index is built at once.
-- squawk-ignore disallowed-unique-constraint
ALTER TABLE "api_clients" ADD CONSTRAINT "api_clients_next_key" UNIQUE("tenant_id","next_key_id");