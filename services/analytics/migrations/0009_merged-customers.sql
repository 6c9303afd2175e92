CREATE TABLE "merged_customers" (
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"merged_into" uuid,
	"version" bigint NOT NULL,
	CONSTRAINT "merged_customers_tenant_id_id_pk" PRIMARY KEY("tenant_id","id")
);
