import { listAll } from "../../contract";
import type { Fixture } from "./fixture";

/** What every platform tells of its images and flavors. */
export function catalogueBehaviour(fixture: Fixture): void {
  fixture.test([], "images and flavors are listed", async () => {
    const { images, flavors } = fixture.subject;
    const { platform } = fixture;
    const names = async (entries: Promise<{ name: string }[]>) => (await entries).map(({ name }) => name);
    expect(await names(listAll(platform.images))).toEqual(expect.arrayContaining([images.web, images.echo]));
    expect(await names(listAll(platform.flavors))).toEqual(expect.arrayContaining([...flavors]));
  });

  fixture.test([], "they are listed in pages without loss", async () => {
    const { flavors } = fixture.platform;
    const all = await listAll(flavors);
    const first = await flavors.list({ limit: 1 });
    expect(first.items).toEqual(all.slice(0, 1));
    const second = await flavors.list({ limit: 1, cursor: first.nextCursor! });
    expect(second.items).toEqual(all.slice(1, 2));
  });
}
