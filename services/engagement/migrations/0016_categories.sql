CREATE TABLE "categories" (
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"platform" text NOT NULL,
	"shop_id" text NOT NULL,
	"code" text NOT NULL,
	"name" text NOT NULL,
	"parent_code" text NOT NULL,
	"modified_at" timestamp with time zone,
	"platform_version" bigint NOT NULL,
	"version" bigint NOT NULL,
	CONSTRAINT "categories_tenant_id_id_pk" PRIMARY KEY("tenant_id","id"),
	CONSTRAINT "categories_code" UNIQUE("tenant_id","platform","shop_id","code")
);
--> statement-breakpoint
CREATE INDEX "categories_parent" ON "categories" USING btree ("tenant_id","platform","shop_id","parent_code");--> statement-breakpoint
CREATE INDEX "categories_by_code" ON "categories" USING btree ("tenant_id","code","id");--> statement-breakpoint
CREATE INDEX "categories_modified" ON "categories" USING btree ("tenant_id","modified_at","id");--> statement-breakpoint
-- The policies are forced on the owner too, and would hide the rows of all tenants from this statement.
ALTER TABLE "products" NO FORCE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "orders" NO FORCE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "order_lines" NO FORCE ROW LEVEL SECURITY;--> statement-breakpoint
INSERT INTO "categories" ("tenant_id", "id", "platform", "shop_id", "code", "name", "parent_code", "platform_version", "version")
SELECT tenant_id, uuidv7(), platform, shop_id, code, '', '', 0, 1 FROM (
  SELECT tenant_id, platform, shop_id, category_id AS code FROM products
  UNION SELECT o.tenant_id, o.platform, o.shop_id, l.category_id FROM order_lines l JOIN orders o ON o.tenant_id = l.tenant_id AND o.id = l.order_id
) named WHERE code <> '';--> statement-breakpoint
ALTER TABLE "products" FORCE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "orders" FORCE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "order_lines" FORCE ROW LEVEL SECURITY;
