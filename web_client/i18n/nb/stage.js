/** Norwegian (Bokmål) texts of the projector and the debrief. Law: the same keys as every other language's file of this name. */
export default {};
