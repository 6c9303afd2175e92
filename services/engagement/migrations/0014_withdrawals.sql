ALTER TABLE "messages" ADD COLUMN "identifier_id" uuid;--> statement-breakpoint
ALTER TABLE "messages" ADD COLUMN "doubt" uuid;