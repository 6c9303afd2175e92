CREATE TABLE "preferences" (
	"tenant_id" uuid NOT NULL,
	"staff_id" uuid NOT NULL,
	"key" text NOT NULL,
	"value" text NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"updated_at" timestamp with time zone NOT NULL,
	CONSTRAINT "preferences_tenant_id_staff_id_key_pk" PRIMARY KEY("tenant_id","staff_id","key")
);
--> statement-breakpoint
CREATE TABLE "saved_views" (
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"staff_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"name" text NOT NULL,
	"filter" "bytea",
	"order_field" text,
	"order_direction" text,
	"columns" text[] DEFAULT '{}' NOT NULL,
	"is_shared" boolean DEFAULT false NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone NOT NULL,
	CONSTRAINT "saved_views_tenant_id_id_pk" PRIMARY KEY("tenant_id","id"),
	CONSTRAINT "saved_views_name" UNIQUE("tenant_id","staff_id","kind","name")
);
--> statement-breakpoint
CREATE INDEX "saved_views_by_name" ON "saved_views" USING btree ("tenant_id","name","id");--> statement-breakpoint
CREATE INDEX "saved_views_by_change" ON "saved_views" USING btree ("tenant_id","updated_at","id");--> statement-breakpoint
CREATE INDEX "staff_everywhere" ON "staff" USING btree ("subject","tenant_id");