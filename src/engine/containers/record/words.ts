/** Made-up names are one of these … */
export const adjectives =
  `able agile airy amber ample apt azure balmy bold brave breezy bright brisk calm candid
  chipper civil clear clever cosy crisp curious dapper daring deft eager earnest easy even fair fast festive fine
  fleet fond frank free fresh gentle glad golden good grand happy hardy hearty honest humble ideal jolly jovial keen
  kind lively lucid lucky lush mellow merry mild mindful modest neat nimble noble patient placid plucky polite proud
  quick quiet ready robust rosy rustic salty serene sharp shiny silent silver sleek smart smooth snug sober solid
  spry stable starry steady still stoic sturdy sunny sure swift tender thrifty tidal tidy tranquil true trusty upbeat
  vivid warm wary willing windy wise witty worthy young zany zesty`.split(/\s+/);

/** … and one of these: people who sailed, charted, built ships and harbours, or taught others how to. */
export const surnames =
  `amundsen anning anson aubert baffin banks baret barents barrow beaufort bering blackwell
  bligh bougainville brendan brunel cabot cabral cartier champlain chichester clark columbus cook cousteau dana davis
  diaz drake earhart earle elcano eriksson faroe fitzroy flinders foster franklin frobisher fulton gama gatty gerritsz
  gilbert grenfell halley harrison hawkins herschel heyerdahl hudson humboldt ibnmajid johnson joshua juan kidd
  kotzebue lapita lindblad louboutin lovell magellan makarov markham marquette maury mawson maynarde mercator moitessier
  nansen nares nelson nordenskjold ortelius palmer park parry peary perouse piailug polo pytheas quiros raleigh ross
  rowe scoresby scott semple shackleton slocum smeaton somerset spray stevenson sverdrup tasman thorne torres tupaia
  urdaneta ushakov vancouver verrazzano vespucci wallis weddell wilkes wrangel yonge zheng`.split(/\s+/);
