import { readdirSync, readFileSync } from 'node:fs';

/** A page of memory, as `/proc` counts it (Linux manual pages, proc(5)). */
const PAGE_BYTES = 4_096;

/** Memory that processes occupy (RSS), in bytes. */
export interface Memory {
  /** This process: the sandbox. */
  readonly ownBytes: number;
  /** Its children: the functions. Shared pages count once for each process. */
  readonly childrenBytes: number;
  readonly children: number;
}

/** Memory that this process and its children occupy now; Linux only. */
export function memoryInUse(): Memory {
  const children = readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .map(statOf)
    .filter(stat => stat?.parentId === process.pid);
  return {
    ownBytes: process.memoryUsage.rss(),
    childrenBytes: children.reduce((sum, stat) => sum + (stat?.residentBytes ?? 0), 0),
    children: children.length,
  };
}

interface ProcessStat {
  readonly parentId: number;
  readonly residentBytes: number;
}

/** Undefined if the process has ended. */
function statOf(id: string): ProcessStat | undefined {
  try {
    return parseStat(readFileSync(`/proc/${id}/stat`, 'utf8'));
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ESRCH'))
      return undefined;
    throw error;
  }
}

/** A line of `/proc/<id>/stat`. The program's name is in parentheses and may contain any character. */
export function parseStat(line: string): ProcessStat {
  const fields = line.slice(line.lastIndexOf(')') + 2).split(' ');
  // The manual counts fields from 1; the first field after the name is number 3.
  const field = (number: number): number => Number(fields[number - 3]);
  return {
    parentId: field(4),
    residentBytes: field(24) * PAGE_BYTES,
  };
}
