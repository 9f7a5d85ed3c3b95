import { defineResource } from '../../http/resource.js'
import type { V1Tables } from '../tables.js'
import {
  deleteMilestone,
  findMilestone,
  insertMilestone,
  listMilestones,
  updateMilestone,
} from './milestones.repository.js'
import { CreateMilestone, Milestone, MilestoneFilters, PatchMilestone } from './milestones.schemas.js'

export const milestones = defineResource<V1Tables>()({
  path: 'milestones',
  name: 'Milestone',
  plural: 'Milestones',
  noun: 'milestone',
  item: Milestone,
  create: CreateMilestone,
  patch: PatchMilestone,
  filters: MilestoneFilters,
  list: listMilestones,
  find: findMilestone,
  insert: insertMilestone,
  update: updateMilestone,
  remove: deleteMilestone,
})
