package consent

import rego.v1

default allow := false

subject := data.subjects[input.subject]

ground := subject.grounds[input.purpose]

# Undefined if the contact point is not the subject's.
point_state := subject.points[input.point]

reachable if {
	ground.channels[input.channel]
	point_state != "bounced"
}

promotable if {
	not subject.opted_out
	input.now >= subject.pause_until
	point_state != "complained"
}

allow if {
	reachable
	ground.class == "transactional"
}

allow if {
	reachable
	promotable
	ground.basis == "consent"
	ground.status == "granted"
	input.now < ground.expires_at
}

allow if {
	reachable
	promotable
	ground.basis == "legitimate_interest"
	not subject.strict
}
