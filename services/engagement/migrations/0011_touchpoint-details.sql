CREATE TABLE "left_out_parts" (
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"account_id" uuid NOT NULL,
	"message_id" text NOT NULL,
	"touchpoint_id" uuid NOT NULL,
	"problem" text NOT NULL,
	"parts" "bytea" NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "left_out_parts_tenant_id_id_pk" PRIMARY KEY("tenant_id","id")
);
--> statement-breakpoint
CREATE TABLE "event_claims" (
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"identity_key" "bytea" NOT NULL,
	"account_id" uuid NOT NULL,
	"claim" "bytea" NOT NULL,
	"next_at" timestamp with time zone DEFAULT now(),
	"attempts" integer DEFAULT 0 NOT NULL,
	"problem" text,
	"parked_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "event_claims_tenant_id_id_pk" PRIMARY KEY("tenant_id","id")
);
--> statement-breakpoint
ALTER TABLE "touchpoints" ADD COLUMN "details" jsonb;--> statement-breakpoint
CREATE INDEX "left_out_parts_age" ON "left_out_parts" USING btree ("tenant_id","created_at");--> statement-breakpoint
CREATE INDEX "event_claims_due" ON "event_claims" USING btree ("tenant_id","next_at") WHERE next_at IS NOT NULL;--> statement-breakpoint
CREATE INDEX "event_claims_parked" ON "event_claims" USING btree ("tenant_id","parked_at") WHERE parked_at IS NOT NULL;