import { FUNCTION_NAMES } from '../../infra/function-list.ts';
import { figureTable } from '../markdown-table.ts';
import type { InitSample } from './init-time.ts';
import type { CodeSize, ColdStartReport } from './measure.ts';

/** How many packages are named; the others are summed up. */
const NAMED_PACKAGES = 6;

/** The section on cold starts, as Markdown. */
export function coldStartSection(report: ColdStartReport): string {
  const { functions, empty, connected, single, repetitions } = report;
  return [
    '## Cold start',
    '',
    `Each function is started in its own process ${repetitions} times, in turns with the others. The figures are medians.`,
    '',
    '- *Raw*, *Zipped*: the bundle, and the deployment package. *Complete*: the package if nothing were left out of it.',
    '- *Init*: the time from the start of the process until the handler is loaded, as a multiple of that of an empty handler in the same run. *Loading*: the part for loading the handler.',
    '- *CPU*: the processor time until then, in all threads, also as a multiple. Other load on the machine hardly changes it.',
    '- *Memory*: the memory of the process then (RSS).',
    '',
    ...figureTable(
      ['Handler', 'Raw', 'Zipped', 'Complete', 'Init', 'Loading', 'CPU', 'Memory'],
      [
        ...FUNCTION_NAMES.map(name => {
          const { size, completeZippedBytes, init } = functions[name];
          return handlerCells(`\`${name}\``, size, completeZippedBytes, init, empty);
        }),
        handlerCells('empty', undefined, undefined, empty, empty),
        handlerCells(
          "only Node.js's modules for HTTPS and signatures",
          undefined,
          undefined,
          connected,
          empty,
        ),
        handlerCells('one Lambda with the complete SDKs', single.size, undefined, single.init, empty),
      ],
    ),
    '',
    'The last row is the refresh Lambda of the Genesys Cloud blueprint *Move voicemail to S3*: it loads the SDKs of Genesys Cloud and AWS from `node_modules`, here in the installed versions. Every function that calls AWS needs the modules of the row before it. A rotation has at most six cold starts, one after the other: the rotation function and the five functions of the workflow. A function that was called within the last minutes starts warm.',
    '',
    '### Bundle contents',
    '',
    'Sizes by package, in kB of the minified bundle:',
    '',
    ...FUNCTION_NAMES.map(name => `- \`${name}\`: ${contentsText(functions[name].contents)}.`),
    '',
    'Node.js compiles every byte of a bundle at each cold start, so code that a function never runs is left out. [`infra/replaced-modules.ts`](../infra/replaced-modules.ts) lists it: the sources of credentials and settings outside the environment (SSO, profiles, processes, web identity, containers, instance metadata), event streams, SHA-256 in JavaScript, and bodies of node-fetch other than text. If an update of a library changes one of these modules or imports more from it, the build fails. If a removed module is called, the error names it. Endpoints of all partitions, FIPS, dual-stack and `AWS_ENDPOINT_URL`, retries and X-Ray traces are unchanged, and tests run them on the bundles. The deployment packages have no source maps, which would double their size.',
    '',
  ].join('\n');
}

function handlerCells(
  label: string,
  size: CodeSize | undefined,
  completeZippedBytes: number | undefined,
  init: InitSample,
  empty: InitSample,
): string[] {
  return [
    label,
    kilobytes(size?.rawBytes),
    kilobytes(size?.zippedBytes),
    kilobytes(completeZippedBytes),
    `${(init.initMs / empty.initMs).toFixed(2)}×`,
    `${Math.round((100 * init.loadMs) / init.initMs)} %`,
    `${(init.cpuMs / empty.cpuMs).toFixed(2)}×`,
    `${Math.round(init.residentBytes / 1e6)} MB`,
  ];
}

function contentsText(contents: ColdStartReport['functions']['fetch']['contents']): string {
  const others = contents.slice(NAMED_PACKAGES).reduce((sum, { bytes }) => sum + bytes, 0);
  return [...contents.slice(0, NAMED_PACKAGES), { name: 'others', bytes: others }]
    .map(({ name, bytes }) => `${name} ${kilobytes(bytes, '')}`)
    .join(', ');
}

function kilobytes(bytes: number | undefined, unit = ' kB'): string {
  if (bytes === undefined) return '';
  const value = bytes / 1000;
  return `${value.toLocaleString('en', { maximumFractionDigits: value < 10 ? 1 : 0 })}${unit}`;
}
