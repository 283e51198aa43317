import { FUNCTION_NAMES } from '../../infra/function-list.ts';
import { figureTable } from '../markdown-table.ts';
import type { InitSample } from './init-time.ts';
import type { CodeSize, ColdStartReport } from './measure.ts';

/** The section on cold starts, as Markdown. */
export function coldStartSection({ functions, empty, single, repetitions }: ColdStartReport): string {
  return [
    '## Cold start',
    '',
    `Each function is started in its own process ${repetitions} times, alternating with the others. The figures are medians. *Zipped* is the size of the deployment package. *Init* is the time from the start of the process until the handler is loaded, as a multiple of an empty handler in the same run. *CPU* is the CPU time of all threads until then, also as a multiple; other load on the machine hardly affects it. *Memory* is the memory of the process at that point (RSS). A rotation has at most six cold starts, in sequence. A function that was called within the last few minutes starts warm.`,
    '',
    ...figureTable(
      ['Handler', 'Zipped', 'Init', 'CPU', 'Memory'],
      [
        ...FUNCTION_NAMES.map(name =>
          handlerCells(`\`${name}\``, functions[name].size, functions[name].init, empty),
        ),
        handlerCells('empty', undefined, empty, empty),
        handlerCells('one Lambda with the complete SDKs', single.size, single.init, empty),
      ],
    ),
    '',
    'The last row is the refresh Lambda of the Genesys Cloud blueprint *Move voicemail to S3*, which loads the SDKs of Genesys Cloud and AWS from `node_modules`. The bundles omit code that the functions never load in Lambda; [`infra/bundle.ts`](../infra/bundle.ts) lists it.',
    '',
  ].join('\n');
}

function handlerCells(
  label: string,
  size: CodeSize | undefined,
  init: InitSample,
  empty: InitSample,
): string[] {
  return [
    label,
    size === undefined
      ? ''
      : `${(size.zippedBytes / 1_000).toLocaleString('en', { maximumFractionDigits: 0 })} kB`,
    `${(init.initMs / empty.initMs).toFixed(2)}×`,
    `${(init.cpuMs / empty.cpuMs).toFixed(2)}×`,
    `${Math.round(init.residentBytes / 1e6)} MB`,
  ];
}
