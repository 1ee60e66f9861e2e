import { conformance } from "../../lib/platform";
import { embedded } from "./embedded-subject";

conformance(embedded);
