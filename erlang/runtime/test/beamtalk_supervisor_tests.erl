-module(beamtalk_supervisor_tests).

-include_lib("eunit/include/eunit.hrl").

-export([start_plain/0]).

-define(send(R, S, A), beamtalk_send:send(R, S, A)).

supervisor_test_() ->
    beamtalk_stand_in:started(classes(), [fun static/0, fun failing/0, fun dynamic/0, fun nested/0, fun specs/0]).

classes() ->
    [
        #{name => 'App', super => 'Supervisor', kind => supervisor, class_methods => [{children, "[{'$class', 'bt@test@Counter'}]"}]},
        #{name => 'Top', super => 'Supervisor', kind => supervisor, class_methods => [{children, "[{'$class', 'bt@test@App'}, #{id => plain, start => {beamtalk_supervisor_tests, start_plain, []}}]"}]},
        #{name => 'Bad', super => 'Supervisor', kind => supervisor, class_methods => [{children, "[{'$class', 'bt@test@Broken'}]"}]},
        #{name => 'Pool', super => 'DynamicSupervisor', kind => supervisor, class_methods => [{childClass, "{'$class', 'bt@test@Counter'}"}]}
    ].

class(Name) -> beamtalk_stand_in:class(Name).

supervise(Name) ->
    #{isOk := true, okValue := Supervisor} = ?send(class(Name), supervise, []),
    Supervisor.

static() ->
    App = supervise('App'),
    ?assertEqual(App, supervise('App')),
    ?assertEqual(App, ?send(class('App'), current, [])),
    ?assertEqual(1, ?send(App, count, [])),
    ?assertEqual(['Counter'], ?send(App, children, [])),
    ?assertMatch(<<"#Supervisor<App,0.", _/binary>>, beamtalk_print:print_string(App)),
    #{okValue := First} = ?send(App, 'which:', [class('Counter')]),
    ?assertEqual(1, ?send(First, increment, [])),
    ?send(First, kill, []),
    timer:sleep(30),
    #{okValue := Second} = ?send(App, 'which:', [class('Counter')]),
    ?assertEqual(0, ?send(Second, value, [])),
    ?assertMatch(#{isOk := true}, ?send(App, 'terminate:', [class('Counter')])),
    ?assertEqual(0, ?send(App, count, [])),
    ?assertMatch(#{isOk := false, errReason := #{kind := not_found}}, ?send(App, 'which:', [class('Parent')])),
    ?assertEqual(nil, ?send(App, stop, [])),
    ?assertEqual(nil, ?send(class('App'), current, [])),
    ?assertError(#{kind := actor_dead}, ?send(App, count, [])).

failing() ->
    ?assertMatch(
        #{isOk := false, errReason := #{kind := instantiation_error, message := <<"Cannot spawn Broken: cannot start">>}},
        ?send(class('Bad'), supervise, [])
    ).

dynamic() ->
    Pool = supervise('Pool'),
    #{okValue := Child} = ?send(Pool, 'startChild:', [#{value => 5}]),
    ?assertEqual(5, ?send(Child, value, [])),
    #{isOk := true} = ?send(Pool, startChild, []),
    ?assertEqual(2, ?send(Pool, count, [])),
    ?assertEqual(2, length(?send(Pool, children, []))),
    ?assertMatch(#{isOk := true}, ?send(Pool, 'terminateChild:', [Child])),
    ?assertEqual(1, ?send(Pool, count, [])),
    ?assertMatch(#{isOk := false}, ?send(Pool, 'terminateChild:', [Child])),
    ?send(Pool, stop, []).

start_plain() -> {ok, spawn_link(fun() -> timer:sleep(infinity) end)}.

nested() ->
    Top = supervise('Top'),
    #{okValue := App} = ?send(Top, 'which:', [class('App')]),
    ?assertEqual(1, ?send(App, count, [])),
    #{okValue := Plain} = ?send(Top, 'which:', [plain]),
    ?assert(is_pid(Plain)),
    ?send(Top, stop, []),
    ?assertEqual(nil, ?send(class('App'), current, [])).

specs() ->
    Spec = ?send(class('SupervisionSpec'), 'new:', [#{id => worker, actorClass => class('Counter'), args => #{value => 9}, name => namedWorker}]),
    ?assertMatch(
        #{id := worker, restart := temporary, start := {beamtalk_actor, start_link, ['bt@test@Counter', #{value := 9}, [{name, namedWorker}]]}},
        beamtalk_supervision_spec:childSpec(Spec)
    ),
    ?assertError(#{kind := type_error}, beamtalk_supervision_spec:child_spec(3)).
