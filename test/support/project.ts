import type { Platform } from "../../lib/contract";

/** A project with an instance in it, and what a TCP forward to the instance begins with. */
export async function projectWithInstance(platform: Platform, name = "ai-lab", image = "http-hello") {
  const project = await platform.projects.create({ name });
  const instance = await platform.instances.create({
    projectId: project.id,
    name: "web",
    image,
    flavor: "small",
  });
  const target = { projectId: project.id, instanceId: instance.id, protocol: "tcp" as const };
  return { project, instance, target };
}
