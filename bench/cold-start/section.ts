import { FUNCTION_NAMES } from '../../infra/function-list.ts';
import { figureTable } from '../markdown-table.ts';
import type { InitSample } from './init-time.ts';
import type { CodeSize, ColdStartReport } from './measure.ts';

/** The packages that are named; the small ones are summed up. */
const NAMED_PACKAGES = 6;

/** The section on cold starts, as Markdown. */
export function coldStartSection(report: ColdStartReport): string {
  const { functions, empty, connected, single, repetitions } = report;
  return [
    '## Cold start',
    '',
    `Each function is started as a process of its own, ${repetitions} times, in turns with the others; the figures are medians. *Init* is the time from the start of the process until the handler is loaded, as a multiple of that of an empty handler in the same run; *loading* is the part of it that loading the handler takes. *CPU* is the processor time until then, in all threads, again as a multiple: other load on the machine hardly changes it. *Memory* is what the process occupies then (RSS). *Zipped* is the deployment package; *complete* is what it would be if nothing were left out of it.`,
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
    'The last one is what the refresh Lambda of the Genesys Cloud blueprint *Move voicemail to S3* loads: the SDKs of Genesys Cloud and of AWS from `node_modules`, in the versions that are installed here. The last but one is what no function that calls AWS can do without. A rotation meets at most six cold starts, one after the other: that of the rotation function and those of the five tasks. A function that was called within the last minutes has none.',
    '',
    '### Where the bytes are',
    '',
    'By package, in kB of the minified bundle:',
    '',
    ...FUNCTION_NAMES.map(name => `- \`${name}\`: ${contentsText(functions[name].contents)}.`),
    '',
    'Every byte of a bundle is compiled at each cold start, so what cannot be reached is left out. [`infra/replaced-modules.ts`](../infra/replaced-modules.ts) lists it: where the AWS SDK looks for credentials and settings outside of the environment (SSO, profiles, processes, web identity, containers, instance metadata), streams of events, SHA-256 in JavaScript, and the bodies of node-fetch that are no text. An update of a library that changes one of these modules, or imports more from it, fails the build; what is called all the same names itself in the error. Endpoints of all partitions, FIPS, dual-stack and `AWS_ENDPOINT_URL`, retries and X-Ray traces are as they were, and tested on the bundles. The source maps stay out of the deployment packages, which they would double.',
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
