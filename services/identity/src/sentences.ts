import type { Sentences } from '@renmai/platform/db/db'

/** Messages for constraints that a caller's input can violate. Callers never see the names of constraints. */
export const sentences: Sentences = {
  profile_tags_tag_exists: 'There is no such tag',
  staff_subject: 'A staff member signs in by this subject already',
  tag_groups_name: 'A tag group of this name exists; choose another name',
  tags_group_exists: 'There is no such tag group',
  tags_name: 'A tag of this name exists in this group; choose another name',
}
