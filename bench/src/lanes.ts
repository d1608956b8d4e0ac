/** Each lane does its own work in order; all lanes run at once. Answers in the order given. */
export async function inLanes<T, R>(
  lanes: readonly (readonly T[])[],
  act: (item: T) => Promise<R>,
): Promise<readonly R[]> {
  const answers = await Promise.all(
    lanes.map(async (lane) => {
      const own: R[] = [];
      for (const item of lane) own.push(await act(item));
      return own;
    }),
  );
  return answers.flat();
}

/** Item i goes to lane i modulo `count`. */
export function spread<T>(items: readonly T[], count: number): readonly (readonly T[])[] {
  return Array.from({ length: count }, (_, lane) => items.filter((_, i) => i % count === lane));
}
