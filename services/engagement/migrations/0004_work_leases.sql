-- The column that holds a lease is next_at now; there is no release yet that knows the other.
-- squawk-ignore ban-drop-column
ALTER TABLE "welcomes" DROP COLUMN "lease_until";--> statement-breakpoint
-- squawk-ignore ban-drop-column
ALTER TABLE "webhooks" DROP COLUMN "lease_until";