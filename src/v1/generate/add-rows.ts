import { roundsFor } from './assignment-plan.js'
import { addMilestones, addTaskTypes } from './catalogue.js'
import { addAssignments } from './instances.js'
import { addLegacyAssignments, addLegacyTemplates } from './legacy.js'
import type { Maker } from './maker.js'
import { addPrismaMigrations } from './prisma-migrations.js'
import { addProjects, addTemplates } from './projects.js'
import { addSuppliers } from './suppliers.js'

export interface RowsPlan {
  instances: number
  generation: 'active' | 'legacy'
  prismaMigrations: boolean
}

/** Fills a file's tables. Every row is valid; dirt is added after these, which are the same for a seed. */
export function addRows(maker: Maker, { instances, generation, prismaMigrations }: RowsPlan): void {
  if (generation === 'legacy') addLegacyModel(maker, instances)
  else addActiveModel(maker, instances)
  if (prismaMigrations) addPrismaMigrations(maker)
}

function addActiveModel(maker: Maker, instances: number): void {
  const types = addTaskTypes(maker)
  addMilestones(maker, types)
  const projects = addProjects(maker, instances)
  addTemplates(maker, projects, types)
  const rounds = roundsFor(projects, instances)
  const suppliers = assignableSuppliers(maker, rounds)
  addAssignments(maker, projects, suppliers, instances)
  const history = Math.floor(instances / 50)
  const legacyProjects = addLegacyTemplates(maker, history === 0 ? [] : projects, types)
  const overlap = Math.ceil(roundsFor(legacyProjects, history) / 2)
  const firstRound = rounds - overlap
  addLegacyAssignments(maker, legacyProjects, { suppliers, instances: history, firstRound })
}

function addLegacyModel(maker: Maker, instances: number): void {
  const types = addTaskTypes(maker)
  const projects = addLegacyTemplates(maker, addProjects(maker, instances), types)
  const suppliers = assignableSuppliers(maker, roundsFor(projects, instances))
  addLegacyAssignments(maker, projects, { suppliers, instances, firstRound: 0 })
}

/** Twice what the assignments need, so that no supplier is in every project, and three that are in none. */
const assignableSuppliers = (maker: Maker, rounds: number): string[] =>
  addSuppliers(maker, 5 + 2 * rounds).slice(3)
