// @ts-check
/**
 * Loaded before one of the bank's programs: its clock can be set from outside while it runs. The
 * parent sends the milliseconds that it is ahead.
 */
const RealDate = Date;
let aheadMs = 0;

globalThis.Date = new Proxy(RealDate, {
  construct: (target, given, made) =>
    Reflect.construct(target, given.length === 0 ? [RealDate.now() + aheadMs] : given, made),
  apply: () => new RealDate(RealDate.now() + aheadMs).toString(),
  get: (target, name, receiver) =>
    name === 'now' ? () => RealDate.now() + aheadMs : Reflect.get(target, name, receiver),
});

process.on('message', (ms) => {
  aheadMs = Number(ms);
});
// It ends as if nobody listened, and with whoever started it.
process.channel?.unref();
process.once('disconnect', () => process.exit(1));
