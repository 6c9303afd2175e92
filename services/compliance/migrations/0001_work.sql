CREATE TABLE "unsealed_chains" (
	"tenant_id" uuid NOT NULL,
	"next_at" timestamp with time zone NOT NULL,
	CONSTRAINT "unsealed_chains_tenant_id_pk" PRIMARY KEY("tenant_id")
);
