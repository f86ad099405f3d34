%% @doc Classes that several tests use, written as the compiler would write them.
-module(beamtalk_counter_classes).

-export([classes/0]).

classes() ->
    [
        #{
            name => 'Counter',
            super => 'Actor',
            kind => actor,
            fields => [{value, 0}],
            methods => [
                {increment, "put('$bt_state', (get('$bt_state'))#{value := maps:get(value, get('$bt_state')) + 1}), maps:get(value, get('$bt_state'))"},
                {value, "maps:get(value, get('$bt_state'))"},
                {'addThenFail:', "put('$bt_state', (get('$bt_state'))#{value := A1}), [beamtalk_object:'error:'(Self, <<\"broken\">>)]"},
                {twice, "beamtalk_send:self_send(Self, increment, []), beamtalk_send:self_send(Self, increment, [])"},
                {'slow:', "timer:sleep(A1), beamtalk_send:self_send(Self, increment, [])"},
                {'call:', "beamtalk_send:send(A1, 'callBack:', [Self])"},
                {'callBack:', "beamtalk_send:send(A1, value, [])"},
                {'requestOf:', "beamtalk_future:value(beamtalk_send:start(A1, 'callBack:', [Self], nil))"},
                {stopNow, "beamtalk_send:send(Self, stop, [])"},
                {'startOn:', "beamtalk_send:start(A1, 'addThenFail:', [1], {'bt@test@Counter', 'startOn:', 7}), nil"},
                {'double:', "A1 * 2"},
                {'add:to:', "A1 + A2"},
                {me, "Self"}
            ]
        },
        #{
            name => 'Parent',
            super => 'Actor',
            kind => actor,
            fields => [{log, []}],
            methods => [
                {initialize, "beamtalk_actor:set_field(Self, log, [parent])"},
                {log, "lists:reverse(maps:get(log, get('$bt_state')))"}
            ]
        },
        #{
            name => 'Child',
            super => 'Parent',
            kind => actor,
            methods => [
                {initialize, "beamtalk_actor:set_field(Self, log, [child | beamtalk_actor:field(Self, log)])"}
            ]
        },
        #{name => 'Broken', super => 'Actor', kind => actor, methods => [{initialize, "beamtalk_object:'error:'(Self, <<\"cannot start\">>)"}]},
        #{name => 'Unset', super => 'Actor', kind => actor, fields => [{size, nil}], uninitialized => [size]},
        #{
            name => 'Listener',
            super => 'Server',
            kind => actor,
            fields => [{heard, []}],
            methods => [
                {'handleInfo:', "beamtalk_actor:set_field(Self, heard, [A1 | beamtalk_actor:field(Self, heard)])"},
                {heard, "maps:get(heard, get('$bt_state'))"}
            ]
        },
        #{
            name => 'Point',
            super => 'Value',
            kind => value,
            fields => [{x, 0}, {y, 0}],
            methods => [{x, "maps:get(x, Self)"}, {y, "maps:get(y, Self)"}]
        },
        #{
            name => 'Temperature',
            super => 'Value',
            kind => value,
            fields => [{degrees, 0}],
            methods => [{printString, "<<(integer_to_binary(maps:get(degrees, Self)))/binary, \" degrees\">>"}]
        },
        #{name => 'Ghost', methods => [{'doesNotUnderstand:args:', "{A1, A2}"}], class_methods => [{make, "#{'__class__' => 'bt@test@Ghost'}"}]},
        #{name => 'ValidationError', super => 'Error', kind => exception, fields => [{code, 0}], methods => [{code, "maps:get(code, Self)"}]},
        #{
            name => 'Till',
            class_state => [{opened, 0}],
            class_methods => [
                {open, "beamtalk_class_state:locked(Self, fun() -> beamtalk_class_state:put(Self, opened, beamtalk_class_state:get(Self, opened) + 1) end)"}
            ]
        }
    ].
