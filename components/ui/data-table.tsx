import type { ReactNode } from 'react'
import { cn } from '@/lib/client/cn'
import { Table, Td, Th, Tr } from './table'

export interface Column<Row> {
  /** Unique in its table. */
  key: string
  header: ReactNode
  /** For screen readers alone, where the cells speak for themselves: buttons. */
  headerHidden?: boolean
  /** What the header means, on hover. */
  headerTitle?: string
  /** Only calls no hooks: a cell that needs one is a component of its own. */
  cell: (row: Row, index: number) => ReactNode
  /** Numbers and actions stand at the end. */
  align?: 'end'
  /** The width of the page from which it is shown; always when absent. What is left out is shown in another cell. */
  from?: 'sm' | 'xl'
  /** Of the cells. */
  className?: string
  /** Which way the rows are sorted by it; absent: not by this one. */
  sorted?: 'ascending' | 'descending' | undefined
}

interface DataTableProps<Row> {
  /** Of the table, for screen readers. */
  label: string
  columns: ReadonlyArray<Column<Row>>
  rows: readonly Row[]
  rowKey: (row: Row, index: number) => string
  /** What a row is found by, and how it looks as a whole. */
  rowProps?: (row: Row) => { className?: string; [data: `data-${string}`]: string | undefined }
}

const shownFrom = { sm: 'max-sm:hidden', xl: 'max-xl:hidden' }
const place = ({ align, from }: Pick<Column<never>, 'align' | 'from'>) =>
  cn(align === 'end' && 'text-right', from && shownFrom[from])

/** A table described by its columns. */
export function DataTable<Row>({ label, columns, rows, rowKey, rowProps }: DataTableProps<Row>) {
  return (
    <Table label={label}>
      <thead>
        <tr>
          {columns.map((column) => (
            <Th key={column.key} className={place(column)} title={column.headerTitle} aria-sort={column.sorted}>
              {column.headerHidden ? <span className="sr-only">{column.header}</span> : column.header}
            </Th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row, index) => (
          <Tr key={rowKey(row, index)} {...rowProps?.(row)}>
            {columns.map((column) => (
              <Td key={column.key} className={cn(place(column), column.className)}>
                {column.cell(row, index)}
              </Td>
            ))}
          </Tr>
        ))}
      </tbody>
    </Table>
  )
}
