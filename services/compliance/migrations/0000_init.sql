CREATE TABLE "audit_checkpoints" (
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"seq" bigint NOT NULL,
	"hash" "bytea" NOT NULL,
	"signature" "bytea" NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "audit_checkpoints_tenant_id_id_pk" PRIMARY KEY("tenant_id","id"),
	CONSTRAINT "audit_checkpoints_seq" UNIQUE("tenant_id","seq")
);
--> statement-breakpoint
CREATE TABLE "audit_entries" (
	"tenant_id" uuid NOT NULL,
	"seq" bigint NOT NULL,
	"action" text NOT NULL,
	"actor_kind" text NOT NULL,
	"actor_id" text NOT NULL,
	"target_id" text NOT NULL,
	"input_digest" "bytea" NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"hash" "bytea" NOT NULL,
	CONSTRAINT "audit_entries_tenant_id_seq_pk" PRIMARY KEY("tenant_id","seq")
);
--> statement-breakpoint
CREATE TABLE "consents" (
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"seq" bigint GENERATED ALWAYS AS IDENTITY (sequence name "consents_seq_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"profile_id" uuid NOT NULL,
	"purpose" text NOT NULL,
	"channel" text NOT NULL,
	"status" text NOT NULL,
	"notice_version" integer NOT NULL,
	"method" text NOT NULL,
	"evidence" text,
	"recorded_by" text NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "consents_tenant_id_id_pk" PRIMARY KEY("tenant_id","id")
);
--> statement-breakpoint
CREATE TABLE "decisions" (
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"message_id" uuid NOT NULL,
	"profile_id" uuid NOT NULL,
	"customer_id" uuid,
	"purpose" text NOT NULL,
	"channel" text NOT NULL,
	"message_class" text NOT NULL,
	"is_allowed" boolean NOT NULL,
	"reasons" text[] NOT NULL,
	"consent_ids" uuid[] NOT NULL,
	"at" timestamp with time zone NOT NULL,
	CONSTRAINT "decisions_tenant_id_id_pk" PRIMARY KEY("tenant_id","id")
);
--> statement-breakpoint
CREATE TABLE "profile_customers" (
	"tenant_id" uuid NOT NULL,
	"profile_id" uuid NOT NULL,
	"customer_id" uuid NOT NULL,
	"version" bigint NOT NULL,
	CONSTRAINT "profile_customers_tenant_id_profile_id_pk" PRIMARY KEY("tenant_id","profile_id")
);
--> statement-breakpoint
CREATE TABLE "notices" (
	"tenant_id" uuid NOT NULL,
	"purpose" text NOT NULL,
	"version" integer NOT NULL,
	"text" text NOT NULL,
	"hash" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "notices_tenant_id_purpose_version_pk" PRIMARY KEY("tenant_id","purpose","version")
);
--> statement-breakpoint
CREATE TABLE "purposes" (
	"tenant_id" uuid NOT NULL,
	"key" text NOT NULL,
	"name" text NOT NULL,
	"consent_level" text NOT NULL,
	"notice_version" integer NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "purposes_tenant_id_key_pk" PRIMARY KEY("tenant_id","key")
);
--> statement-breakpoint
CREATE INDEX "consents_subject" ON "consents" USING btree ("tenant_id","profile_id","purpose","channel");--> statement-breakpoint
CREATE INDEX "decisions_message" ON "decisions" USING btree ("tenant_id","message_id");--> statement-breakpoint
CREATE INDEX "decisions_profile" ON "decisions" USING btree ("tenant_id","profile_id");--> statement-breakpoint
CREATE INDEX "decisions_time" ON "decisions" USING btree ("tenant_id","at");--> statement-breakpoint
CREATE INDEX "profile_customers_customer" ON "profile_customers" USING btree ("tenant_id","customer_id");