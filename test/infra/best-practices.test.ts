import { Topic } from 'aws-cdk-lib/aws-sns';
import { AwsSolutionsChecks } from 'cdk-nag';
import { describe, expect, it } from 'vitest';
import { deployment, everyOption } from './deployment.ts';

/** The findings of cdk-nag without a documented reason. */
function findings(stack: ReturnType<typeof deployment>) {
  return new AwsSolutionsChecks()
    .validateScope(stack)
    .violations.map(({ ruleName, violatingResources }) => [
      ruleName,
      violatingResources.map(({ constructPath }) => constructPath),
    ]);
}

describe('the stack', () => {
  it.each([
    ['without options', {}],
    ['with every option', everyOption()],
    [
      'with managed policies',
      {
        secretArnPatterns: Array.from(
          { length: 120 },
          (_, index) =>
            `arn:aws:secretsmanager:*:*:secret:prod/contact-center/genesys-cloud/tenant-${index}/*`,
        ),
      },
    ],
    ['with its own topic and without alarms', { alarms: false, removalPolicy: 'destroy' as const }],
  ])('follows the rules of cdk-nag %s, or gives a reason', (_case, options) => {
    const stack = deployment(options);

    expect(findings(stack)).toEqual([]);
  });

  it('suppresses no findings in advance for added resources', () => {
    const stack = deployment();
    new Topic(stack, 'Plain');

    expect(findings(stack)).toEqual([['AwsSolutions-SNS3', ['tokens/Plain/Resource']]]);
  });
});
