import { defineResource } from '../../http/resource.js'
import type { V1Tables } from '../tables.js'
import { addSupplierTaskInstance, changeSupplierTaskInstance } from './change-supplier-task-instance.js'
import {
  deleteSupplierTaskInstance,
  findSupplierTaskInstance,
  listSupplierTaskInstances,
} from './supplier-task-instances.repository.js'
import {
  CreateSupplierTaskInstance,
  PatchSupplierTaskInstance,
  SupplierTaskInstance,
  SupplierTaskInstanceFilters,
} from './supplier-task-instances.schemas.js'

export const supplierTaskInstances = defineResource<V1Tables>()({
  path: 'supplier-task-instances',
  name: 'SupplierTaskInstance',
  plural: 'SupplierTaskInstances',
  noun: 'supplier task instance',
  item: SupplierTaskInstance,
  create: CreateSupplierTaskInstance,
  patch: PatchSupplierTaskInstance,
  filters: SupplierTaskInstanceFilters,
  list: listSupplierTaskInstances,
  find: findSupplierTaskInstance,
  insert: addSupplierTaskInstance,
  update: changeSupplierTaskInstance,
  remove: deleteSupplierTaskInstance,
})
