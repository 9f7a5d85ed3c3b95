import { defineResource } from '../../http/resource.js'
import type { V2Tables } from '../tables.js'
import {
  deleteSupplier,
  findSupplier,
  insertSupplier,
  listSuppliers,
  updateSupplier,
} from './suppliers.repository.js'
import { CreateSupplier, PatchSupplier, Supplier, SupplierFilters } from './suppliers.schemas.js'

export const suppliers = defineResource<V2Tables>()({
  path: 'suppliers',
  name: 'Supplier',
  plural: 'Suppliers',
  noun: 'supplier',
  item: Supplier,
  create: CreateSupplier,
  patch: PatchSupplier,
  filters: SupplierFilters,
  list: listSuppliers,
  find: findSupplier,
  insert: insertSupplier,
  update: updateSupplier,
  remove: deleteSupplier,
})
