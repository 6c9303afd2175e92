CREATE TABLE "bulk_operations" (
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"viewer_kind" text NOT NULL,
	"viewer_id" uuid NOT NULL,
	"document" text NOT NULL,
	"status" text DEFAULT 'CREATED' NOT NULL,
	"after" text DEFAULT '' NOT NULL,
	"parts" integer DEFAULT 0 NOT NULL,
	"object_count" bigint DEFAULT 0 NOT NULL,
	"file_size" bigint DEFAULT 0 NOT NULL,
	"error_code" text,
	"error_message" text,
	"attempt_id" uuid,
	"failures" integer DEFAULT 0 NOT NULL,
	"next_at" timestamp with time zone DEFAULT now() NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"ended_at" timestamp with time zone,
	CONSTRAINT "bulk_operations_tenant_id_id_pk" PRIMARY KEY("tenant_id","id")
);
--> statement-breakpoint
CREATE TABLE "bulk_parts" (
	"tenant_id" uuid NOT NULL,
	"operation_id" uuid NOT NULL,
	"part" integer NOT NULL,
	"lines" "bytea" NOT NULL,
	CONSTRAINT "bulk_parts_tenant_id_operation_id_part_pk" PRIMARY KEY("tenant_id","operation_id","part")
);
--> statement-breakpoint
CREATE INDEX "bulk_operations_due" ON "bulk_operations" USING btree ("tenant_id","next_at") WHERE status IN ('CREATED', 'RUNNING');--> statement-breakpoint
CREATE INDEX "bulk_operations_ended" ON "bulk_operations" USING btree ("tenant_id","ended_at") WHERE parts > 0;--> statement-breakpoint
CREATE INDEX "bulk_operations_viewer" ON "bulk_operations" USING btree ("tenant_id","viewer_id","id");