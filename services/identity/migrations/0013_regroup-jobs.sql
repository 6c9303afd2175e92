ALTER TABLE "match_jobs" ADD COLUMN "is_dry_run" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "match_jobs" ADD COLUMN "merged" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "match_jobs" ADD COLUMN "split" integer DEFAULT 0 NOT NULL;