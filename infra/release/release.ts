import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, DefaultStackSynthesizer, Validations } from 'aws-cdk-lib';
import recommendedFlags from 'aws-cdk-lib/recommended-feature-flags.json' with { type: 'json' };
import { FUNCTION_NAMES, type FunctionName } from '../function-list.ts';
import { RotationStack } from '../rotation-stack.ts';
import { type JsonObject, mergedTemplate } from './merged-template.ts';
import { CODE_PARAMETERS, CONDITIONS, declareParameters } from './template-parameters.ts';
import { zipArchive } from './zip-archive.ts';

/** The files of a deployment without the CDK: contents by file name. */
export type Release = Readonly<Record<string, Buffer>>;

/** The template for functions' code in a bucket, which parameters name. */
const TEMPLATE = 'template.json';
/** The template for local archives, for `aws cloudformation package`. */
const LOCAL_TEMPLATE = 'template.local.json';
const CHECKSUMS = 'SHA256SUMS';

/** CDK warnings that do not apply. */
const ACKNOWLEDGED = {
  '@aws-cdk/aws-lambda:codeFromBucketObjectVersionNotSpecified':
    'The name of an archive changes with its content.',
  'genesys-token-rotation:noSubscription': 'docs/cloudformation.md explains deployments without an address.',
};

/** The value of each condition. */
type Choice = Readonly<Record<keyof typeof CONDITIONS, boolean>>;

/**
 * Creates the templates, the functions' archives and their checksums. The build is reproducible: the same sources give
 * the same bytes on every machine.
 *
 * @param bundles contains a folder for each function's code
 */
export function release(bundles: string): Release {
  const archives = FUNCTION_NAMES.map(name => ({ name, archive: zipArchive(filesOf(join(bundles, name))) }));
  const fileNames = Object.fromEntries(
    archives.map(({ name, archive }) => [name, `${name}-${sha256(archive).slice(0, 16)}.zip`]),
  ) as Record<FunctionName, string>;
  const template = releaseTemplate(fileNames);
  const files: Record<string, Buffer> = {
    ...Object.fromEntries(archives.map(({ name, archive }) => [fileNames[name], archive])),
    [TEMPLATE]: Buffer.from(`${JSON.stringify(template, undefined, 1)}\n`),
    [LOCAL_TEMPLATE]: Buffer.from(`${JSON.stringify(localTemplate(template), undefined, 1)}\n`),
  };
  const sums = Object.entries(files).map(([name, content]) => `${sha256(content)}  ${name}\n`);
  return { ...files, [CHECKSUMS]: Buffer.from(sums.toSorted().join('')) };
}

/** All files except source maps, which Lambda does not use. */
function filesOf(directory: string) {
  return readdirSync(directory)
    .filter(name => !name.endsWith('.map'))
    .map(name => ({ name, content: readFileSync(join(directory, name)) }));
}

function sha256(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}

/**
 * Merges the stacks of all choices; their differences become conditional. The template deploys the same resources as the
 * CDK, and constructs need no conditions.
 */
function releaseTemplate(archives: Readonly<Record<FunctionName, string>>): JsonObject {
  const merged = (names: readonly (keyof Choice)[], choice: Choice): JsonObject => {
    const [name, ...others] = names;
    if (name === undefined) return synthesized(choice, archives);
    return mergedTemplate(
      name,
      merged(others, { ...choice, [name]: true }),
      merged(others, { ...choice, [name]: false }),
    );
  };
  const none = { CreatesSecret: false, SendsEmail: false, HasAlarms: false, PublishesAccessTokens: false };
  return merged(Object.keys(CONDITIONS) as (keyof Choice)[], none);
}

/** The template of one choice, with parameters. */
function synthesized(choice: Choice, archives: Readonly<Record<FunctionName, string>>): JsonObject {
  const app = new App({
    context: { ...recommendedFlags, 'aws:cdk:enable-path-metadata': false },
    analyticsReporting: false,
    // A single choice is not a complete template.
    builtinCloudFormationValidation: false,
  });
  const stack = new RotationStack(app, 'Release', {
    synthesizer: new DefaultStackSynthesizer({ generateBootstrapVersionRule: false }),
    rotation: scope => {
      for (const [id, reason] of Object.entries(ACKNOWLEDGED)) {
        Validations.of(scope).acknowledge({ id: `Annotation::${id}`, reason });
      }
      const { secretName, secretArnPattern, notificationEmail, logRetentionDays, ...parameters } =
        declareParameters(scope, archives);
      return {
        ...(choice.CreatesSecret ? { secretNames: [secretName] } : { secretArnPatterns: [secretArnPattern] }),
        notificationEmails: choice.SendsEmail ? [notificationEmail] : [],
        logRetention: logRetentionDays,
        alarms: choice.HasAlarms,
        publishAccessTokens: choice.PublishesAccessTokens,
        parameters,
      };
    },
  });
  return app.synth().getStackByName(stack.stackName).template;
}

/** `aws cloudformation package` uploads the files that `Code` names, and writes their locations to the template. */
function localTemplate(template: JsonObject): JsonObject {
  return JSON.parse(JSON.stringify(template), (key, value) => {
    if (key === 'Code') return value.S3Key['Fn::Join'][1][1];
    if (key !== 'Parameters') return value;
    return Object.fromEntries(
      Object.entries(value).filter(([name]) => !CODE_PARAMETERS.some(parameter => parameter === name)),
    );
  });
}
