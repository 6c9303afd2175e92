CREATE TABLE "trusted_documents" (
	"tenant_id" uuid NOT NULL,
	"hash" text NOT NULL,
	"name" text,
	"body" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"retired_at" timestamp with time zone,
	CONSTRAINT "trusted_documents_tenant_id_hash_pk" PRIMARY KEY("tenant_id","hash")
);
