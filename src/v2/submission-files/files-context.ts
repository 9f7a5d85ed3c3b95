import type { Context } from '../../http/resource.js'
import type { V2Tables } from '../tables.js'
import type { FilesConfig } from './file-store.js'

/** What the routes of the files work with. */
export interface FilesContext extends Context<V2Tables> {
  files: FilesConfig
}

export const filesPath = '/supplier-task-instances/:id/files'
