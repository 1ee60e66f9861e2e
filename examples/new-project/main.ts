import { App } from "cdktf";
import { Lab } from "./lab";

const app = new App();
new Lab(app, "lab");
app.synth();
