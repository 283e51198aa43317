import { shellWord } from '../shared/output/plain-text.ts';

/** The deployment that sends a message. */
export interface Deployment {
  /** The prefix of its resource names. */
  readonly name: string;
  readonly region: string;
  readonly accountId: string;
  /** The runbook: a URL or a file. */
  readonly runbook: string;
}

/** The console host of each partition; the path of the Step Functions console is the same in all of them. */
const CONSOLES: Readonly<Record<string, string>> = {
  aws: 'console.aws.amazon.com',
  'aws-cn': 'console.amazonaws.cn',
  'aws-us-gov': 'console.amazonaws-us-gov.com',
};

/** Reads the deployment from the ARN of its rotation function, whose name is `<deployment>-rotation`. */
export function deploymentOf(rotationFunctionArn: string, runbookUrl: string | undefined): Deployment {
  const [, , , region = '', accountId = '', , functionName = ''] = rotationFunctionArn.split(':');
  return {
    name: functionName.replace(/-rotation$/, ''),
    region,
    accountId,
    runbook: runbookUrl ?? 'docs/runbook.md',
  };
}

/** The URL of an execution in the Step Functions console. */
export function consoleLink(executionArn: string): string {
  const [, partition = '', , region = ''] = executionArn.split(':');
  const host = CONSOLES[partition] ?? CONSOLES.aws;
  return `https://${host}/states/home?region=${region}#/v2/executions/details/${executionArn}`;
}

/** The command that redrives an execution. */
export function redriveCommand(executionArn: string): string {
  const [, , , region = ''] = executionArn.split(':');
  return `aws stepfunctions redrive-execution --region ${shellWord(region)} --execution-arn ${shellWord(executionArn)}`;
}
