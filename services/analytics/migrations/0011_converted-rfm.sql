ALTER TABLE "rfm_models" ADD COLUMN "is_converted" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "rfm_models" ADD COLUMN "order_currency" char(3);