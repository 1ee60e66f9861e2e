import { conformance } from "../../lib/testing";
import { embedded } from "./embedded-subject";

conformance(embedded);
