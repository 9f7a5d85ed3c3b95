import { defineResource } from '../../http/resource.js'
import type { V2Tables } from '../tables.js'
import {
  deleteProject,
  findProject,
  insertProject,
  listProjects,
  updateProject,
} from './projects.repository.js'
import { CreateProject, PatchProject, Project, ProjectFilters } from './projects.schemas.js'

export const projects = defineResource<V2Tables>()({
  path: 'projects',
  name: 'Project',
  plural: 'Projects',
  noun: 'project',
  item: Project,
  create: CreateProject,
  patch: PatchProject,
  filters: ProjectFilters,
  list: listProjects,
  find: findProject,
  insert: insertProject,
  update: updateProject,
  remove: deleteProject,
})
