CREATE TABLE "rulings" (
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"kind" text NOT NULL,
	"side_a" uuid[] DEFAULT '{}' NOT NULL,
	"side_b" uuid[] DEFAULT '{}' NOT NULL,
	"identifier_id" uuid,
	"namespace" text,
	"ends" uuid[] DEFAULT '{}' NOT NULL,
	"holds" boolean DEFAULT true NOT NULL,
	"reason" text NOT NULL,
	"decided_by" text NOT NULL,
	"decided_at" timestamp with time zone NOT NULL,
	CONSTRAINT "rulings_tenant_id_id_pk" PRIMARY KEY("tenant_id","id")
);
--> statement-breakpoint
ALTER TABLE "customer_decisions" DROP CONSTRAINT "customer_decisions_undone_once";--> statement-breakpoint
ALTER TABLE "evidence" DROP CONSTRAINT "evidence_once";--> statement-breakpoint
ALTER TABLE "review_cases" DROP CONSTRAINT "review_cases_pair";--> statement-breakpoint
ALTER TABLE "customer_decisions" ADD COLUMN "survivor_profile_ids" uuid[];--> statement-breakpoint
ALTER TABLE "customer_decisions" ADD COLUMN "evidence" jsonb DEFAULT '[]'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "customer_decisions" ADD COLUMN "rule_version" integer;--> statement-breakpoint
ALTER TABLE "customer_decisions" ADD COLUMN "ruling_id" uuid;--> statement-breakpoint
ALTER TABLE "customers" ADD COLUMN "version" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "evidence" ADD COLUMN "state" text DEFAULT 'ACTIVE' NOT NULL;--> statement-breakpoint
ALTER TABLE "evidence" ADD COLUMN "reason" text;--> statement-breakpoint
ALTER TABLE "review_cases" ADD COLUMN "profile_a" uuid;--> statement-breakpoint
ALTER TABLE "review_cases" ADD COLUMN "profile_b" uuid;--> statement-breakpoint
ALTER TABLE "identifiers" ADD COLUMN "sealed" "bytea";--> statement-breakpoint
ALTER TABLE "identifiers" ADD COLUMN "tier" integer;--> statement-breakpoint
ALTER TABLE "identifiers" ADD COLUMN "statement_id" uuid;--> statement-breakpoint
ALTER TABLE "identifiers" ADD COLUMN "last_seen_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "profiles" ADD COLUMN "home_customer_id" uuid;--> statement-breakpoint
ALTER TABLE "profiles" ADD COLUMN "name_index" "bytea";--> statement-breakpoint
ALTER TABLE "profiles" ADD COLUMN "birthday_index" "bytea";--> statement-breakpoint
ALTER TABLE "profiles" ADD COLUMN "last_seen_at" timestamp with time zone;--> statement-breakpoint
CREATE INDEX "rulings_side_a" ON "rulings" USING gin ("side_a");--> statement-breakpoint
CREATE INDEX "rulings_side_b" ON "rulings" USING gin ("side_b");--> statement-breakpoint
CREATE INDEX "rulings_ends" ON "rulings" USING gin ("ends");--> statement-breakpoint
CREATE INDEX "rulings_identifier" ON "rulings" USING btree ("tenant_id","identifier_id");--> statement-breakpoint
CREATE INDEX "rulings_kind" ON "rulings" USING btree ("tenant_id","kind","id");--> statement-breakpoint
CREATE INDEX "customer_decisions_undoes" ON "customer_decisions" USING btree ("tenant_id","undoes");--> statement-breakpoint
CREATE INDEX "evidence_profile" ON "evidence" USING btree ("tenant_id","profile_id");--> statement-breakpoint
CREATE INDEX "review_cases_customer" ON "review_cases" USING btree ("tenant_id","customer_a");--> statement-breakpoint
CREATE UNIQUE INDEX "review_cases_profiles" ON "review_cases" USING btree ("tenant_id","profile_a","profile_b");--> statement-breakpoint
-- Each profile gets the customer that it was first: what a merge moved was the absorbed customer's. The oldest of a customer
-- is that customer by itself, the others become customers that are merged into it.
-- The policies are forced on the owner too, and would hide the rows of all tenants from these statements.
ALTER TABLE "profiles" NO FORCE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "customers" NO FORCE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "customer_decisions" NO FORCE ROW LEVEL SECURITY;--> statement-breakpoint
WITH first AS (
  SELECT p.tenant_id, p.id, coalesce((
    SELECT d.absorbed_id FROM customer_decisions d WHERE d.tenant_id = p.tenant_id AND d.kind = 'MERGE' AND p.id = ANY(d.profile_ids) ORDER BY d.at, d.id LIMIT 1
  ), p.customer_id) AS customer_id FROM profiles p
), numbered AS (
  SELECT *, row_number() OVER (PARTITION BY tenant_id, customer_id ORDER BY id) AS place FROM first
)
UPDATE profiles p SET home_customer_id = CASE WHEN n.place = 1 THEN n.customer_id ELSE uuidv7() END
FROM numbered n WHERE p.tenant_id = n.tenant_id AND p.id = n.id;--> statement-breakpoint
INSERT INTO customers (tenant_id, id, merged_into) SELECT p.tenant_id, p.home_customer_id, p.customer_id FROM profiles p ON CONFLICT DO NOTHING;--> statement-breakpoint
UPDATE customers c SET merged_into = p.customer_id FROM profiles p
WHERE p.tenant_id = c.tenant_id AND p.home_customer_id = c.id AND p.customer_id <> c.id AND c.merged_into IS DISTINCT FROM p.customer_id;--> statement-breakpoint
UPDATE customers c SET version = d.count FROM (
  SELECT tenant_id, absorbed_id, count(*) AS count FROM customer_decisions GROUP BY tenant_id, absorbed_id
) d WHERE d.tenant_id = c.tenant_id AND d.absorbed_id = c.id;--> statement-breakpoint
-- What people decided becomes rulings: merges that are in force, and unmerges.
INSERT INTO rulings (tenant_id, id, kind, side_a, side_b, reason, decided_by, decided_at)
SELECT d.tenant_id, d.id, 'LINK', ARRAY[a.id], ARRAY[b.id], d.reason, d.decided_by, d.at FROM customer_decisions d
JOIN profiles a ON a.tenant_id = d.tenant_id AND a.home_customer_id = d.survivor_id
JOIN profiles b ON b.tenant_id = d.tenant_id AND b.home_customer_id = d.absorbed_id
WHERE d.kind = 'MERGE' AND d.decided_by NOT LIKE 'rule:%'
  AND NOT EXISTS (SELECT 1 FROM customer_decisions u WHERE u.tenant_id = d.tenant_id AND u.undoes = d.id);--> statement-breakpoint
UPDATE customer_decisions d SET ruling_id = d.id FROM rulings r WHERE r.tenant_id = d.tenant_id AND r.id = d.id;--> statement-breakpoint
INSERT INTO rulings (tenant_id, id, kind, side_a, side_b, reason, decided_by, decided_at)
SELECT d.tenant_id, d.id, 'CANNOT_LINK', a.ids, d.profile_ids, d.reason, d.decided_by, d.at FROM customer_decisions d
CROSS JOIN LATERAL (SELECT array_agg(p.id) AS ids FROM profiles p WHERE p.tenant_id = d.tenant_id AND p.customer_id = d.survivor_id AND p.id <> ALL(d.profile_ids)) a
WHERE d.kind = 'UNMERGE' AND a.ids IS NOT NULL AND NOT EXISTS (
  SELECT 1 FROM rulings l WHERE l.tenant_id = d.tenant_id AND l.kind = 'LINK' AND l.decided_at > d.at AND l.side_a && a.ids AND l.side_b && d.profile_ids);--> statement-breakpoint
CREATE UNIQUE INDEX "profiles_home" ON "profiles" USING btree ("tenant_id","home_customer_id");--> statement-breakpoint
CREATE INDEX "review_cases_profile_b" ON "review_cases" USING btree ("tenant_id","profile_b");--> statement-breakpoint
ALTER TABLE "profiles" FORCE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "customers" FORCE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "customer_decisions" FORCE ROW LEVEL SECURITY;
