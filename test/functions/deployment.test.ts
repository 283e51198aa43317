import { describe, expect, it } from 'vitest';
import { consoleLink, deploymentOf, redriveCommand } from '../../functions/notify/deployment.ts';
import { ROTATION_FUNCTION_ARN } from '../helpers/secret.ts';

describe('deployment', () => {
  it.each([
    [
      'arn:aws:states:eu-central-1:111122223333:execution:rotation:first',
      'https://console.aws.amazon.com/states/home?region=eu-central-1#/v2/executions/details/arn:aws:states:eu-central-1:111122223333:execution:rotation:first',
    ],
    [
      'arn:aws-cn:states:cn-north-1:111122223333:execution:rotation:first',
      'https://console.amazonaws.cn/states/home?region=cn-north-1#/v2/executions/details/arn:aws-cn:states:cn-north-1:111122223333:execution:rotation:first',
    ],
    [
      'arn:aws-us-gov:states:us-gov-west-1:111122223333:execution:rotation:first',
      'https://console.amazonaws-us-gov.com/states/home?region=us-gov-west-1#/v2/executions/details/arn:aws-us-gov:states:us-gov-west-1:111122223333:execution:rotation:first',
    ],
  ])('links to %s in the console of its partition', (executionArn, link) => {
    expect(consoleLink(executionArn)).toBe(link);
  });

  it('redrives in the region of the execution', () => {
    expect(redriveCommand('arn:aws:states:eu-west-1:111122223333:execution:rotation:first')).toBe(
      'aws stepfunctions redrive-execution --region eu-west-1 --execution-arn arn:aws:states:eu-west-1:111122223333:execution:rotation:first',
    );
  });

  it.each([
    [undefined, 'docs/runbook.md'],
    ['https://wiki.example/runbook', 'https://wiki.example/runbook'],
  ])(
    "is read from its rotation function's ARN; with the runbook URL %s, the runbook is %s",
    (url, runbook) => {
      expect(deploymentOf(ROTATION_FUNCTION_ARN, url)).toEqual({
        name: 'genesys-token-rotation',
        region: 'eu-central-1',
        accountId: '111122223333',
        runbook,
      });
    },
  );
});
