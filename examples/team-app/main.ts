import { App, Aspects } from "cdktf";
import { TeamPolicy } from "team-library";
import { Research } from "./research";

const app = new App();
Aspects.of(app).add(new TeamPolicy());
new Research(app, "research");
app.synth();
