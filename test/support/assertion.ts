/** What an assertion that has to fail says. @throws Error when it holds */
export function saying(assertion: () => void): string {
  try {
    assertion();
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error("the assertion holds");
}
