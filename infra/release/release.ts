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

/** What a deployment without the CDK consists of: contents by file name. */
export type Release = Readonly<Record<string, Buffer>>;

/** The template whose functions' code is in a bucket, by parameters. */
const TEMPLATE = 'template.json';
/** The template that names the archives beside it, for `aws cloudformation package`. */
const LOCAL_TEMPLATE = 'template.local.json';
const CHECKSUMS = 'SHA256SUMS';

/** The warnings of the CDK that do not apply. */
const ACKNOWLEDGED = {
  '@aws-cdk/aws-lambda:codeFromBucketObjectVersionNotSpecified':
    'An archive with other code has another name.',
  'genesys-token-rotation:noSubscription': 'The page says what happens without an address.',
};

/** Whether each condition holds. */
type Choice = Readonly<Record<keyof typeof CONDITIONS, boolean>>;

/**
 * Makes the templates, the functions' archives and their checksums. The same sources give the same bytes: nothing in
 * them depends on time, place or machine.
 *
 * @param bundles the folder with a folder for each function's code
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

/** Everything but the source maps, which Lambda does not use. */
function filesOf(directory: string) {
  return readdirSync(directory)
    .filter(name => !name.endsWith('.map'))
    .map(name => ({ name, content: readFileSync(join(directory, name)) }));
}

function sha256(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}

/**
 * The template is what the stacks of all choices have in common, and their differences by condition. So it deploys what
 * the CDK would, and no resource needs to know of conditions.
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

/** One choice as the CDK deploys it, with parameters. */
function synthesized(choice: Choice, archives: Readonly<Record<FunctionName, string>>): JsonObject {
  const app = new App({
    context: { ...recommendedFlags, 'aws:cdk:enable-path-metadata': false },
    analyticsReporting: false,
    // A choice is no whole template.
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

/** `aws cloudformation package` uploads the files that `Code` names, and puts their places into the template. */
function localTemplate(template: JsonObject): JsonObject {
  return JSON.parse(JSON.stringify(template), (key, value) => {
    if (key === 'Code') return value.S3Key['Fn::Join'][1][1];
    if (key !== 'Parameters') return value;
    return Object.fromEntries(
      Object.entries(value).filter(([name]) => !CODE_PARAMETERS.some(parameter => parameter === name)),
    );
  });
}
