-- A count grows many times on its day. Within its page the new row needs no entry in the index: without room there, a third more of the log
-- is written and the table becomes larger by its old rows than by this room.
ALTER TABLE "behaviour_days" SET (fillfactor = 90);
