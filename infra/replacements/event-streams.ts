import { leftOut } from './left-out.ts';

/** Requests and answers that are streams of events: none of the operations that the functions call has one. */
export const eventStreamSerdeProvider = (): never => leftOut('eventStreamSerdeProvider of the AWS SDK');

export class EventStreamSerde {
  constructor() {
    leftOut('EventStreamSerde of the AWS SDK');
  }
}

/** Writes the headers of such an event, to sign them. Each signer has one, whatever it signs. */
export class HeaderFormatter {
  format(): never {
    return leftOut('HeaderFormatter of the AWS SDK');
  }
}
