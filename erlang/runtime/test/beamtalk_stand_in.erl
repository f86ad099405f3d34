%% @doc Stand-ins for compiled classes: modules in the compiled form, generated from tables of
%% methods written in Erlang. Enough of the kernel to test the runtime without the compiler.
-module(beamtalk_stand_in).

-export([started/1, started/2, start/0, stop/1, load/1, module/1, class/1, spawn/1]).

-type method() :: {Selector :: atom(), Body :: string()}.
-type class() :: #{
    name := atom(),
    super => atom(),
    kind => atom(),
    modifiers => [atom()],
    fields => [{atom(), term()}],
    uninitialized => [atom()],
    class_state => [{atom(), term()}],
    methods => [method()],
    class_methods => [method()]
}.
-export_type([class/0]).

%% Tests between start and stop, with the counter classes.
-spec started(Tests) -> {setup, fun(), fun(), Tests}.
started(Tests) -> started([], Tests).

%% The same with further classes.
-spec started([class()], Tests) -> {setup, fun(), fun(), Tests}.
started(Classes, Tests) ->
    {setup,
        fun() ->
            Started = start(),
            load(beamtalk_counter_classes:classes()),
            load(Classes),
            Started
        end,
        fun stop/1, Tests}.

%% Starts the runtime with the kernel's stand-ins.
start() ->
    {ok, Started} = application:ensure_all_started(beamtalk_runtime),
    load(kernel()),
    Started.

stop(Started) ->
    [application:stop(Application) || Application <- Started],
    ok.

class(Name) -> {'$class', module(Name)}.

spawn(Name) -> beamtalk_send:send(class(Name), spawn, []).

module(nil) -> nil;
module(Name) ->
    case lists:member(Name, kernel_names()) of
        true -> list_to_atom("bt@stdlib@" ++ atom_to_list(Name));
        false -> list_to_atom("bt@test@" ++ atom_to_list(Name))
    end.

%% Compiles, loads and registers classes, in the given order.
-spec load([class()]) -> ok.
load(Classes) ->
    Modules = [load_class(Class) || Class <- Classes],
    ok = beamtalk_registry:register(Modules).

load_class(#{name := Name} = Class) ->
    Module = module(Name),
    [Attribute | Rest] = [form(Text) || Text <- sources(Module, Class)],
    Own = [{Function, Arity} || {function, _, Function, Arity, _} <- Rest],
    Forms = [Attribute, {attribute, 1, compile, {no_auto_import, Own}} | Rest],
    {ok, Module, Binary} = compile:forms(Forms, [nowarn_unused_vars, report_errors]),
    code:purge(Module),
    {module, Module} = code:load_binary(Module, atom_to_list(Name) ++ ".bt", Binary),
    Module.

form(Text) ->
    {ok, Tokens, _} = erl_scan:string(lists:flatten(Text)),
    {ok, Form} = erl_parse:parse_form(Tokens),
    Form.

sources(Module, #{name := Name} = Class) ->
    Super = module(maps:get(super, Class, 'Object')),
    Methods = maps:get(methods, Class, []),
    ClassMethods = maps:get(class_methods, Class, []),
    [
        io_lib:format("-module(~p).", [Module]),
        io_lib:format("-file(\"~s.bt\", 1).", [Name]),
        "-compile([export_all, nowarn_export_all]).",
        io_lib:format("'$defaults'() -> ~s.", [defaults(Super, '$defaults', maps:get(fields, Class, []), maps:get(uninitialized, Class, []))]),
        io_lib:format("'$class_defaults'() -> ~s.", [defaults(Super, '$class_defaults', maps:get(class_state, Class, []), [])]),
        io_lib:format("'$meta'() -> ~p.", [meta(Super, Class)]),
        dispatch('$send', "", Methods, fallback(Super, send)),
        dispatch('$csend', "class ", ClassMethods, fallback(Super, csend))
    ] ++
        [method("", Method) || Method <- Methods] ++
        [method("class ", Method) || Method <- ClassMethods].

fallback(nil, send) -> "beamtalk_send:missing(Selector, Self, Args)";
fallback(nil, csend) -> "'bt@stdlib@Class':'$send'(Selector, Self, Args)";
fallback(Super, send) -> io_lib:format("~p:'$send'(Selector, Self, Args)", [Super]);
fallback(Super, csend) -> io_lib:format("~p:'$csend'(Selector, Self, Args)", [Super]).

defaults(Super, Function, Fields, Unset) ->
    Own = maps:without(Unset, maps:from_list(Fields)),
    case Super of
        nil -> io_lib:format("~p", [Own]);
        _ -> io_lib:format("maps:merge(~p:~p(), ~p)", [Super, Function, Own])
    end.

dispatch(Function, Prefix, Methods, Fallback) ->
    Clauses = [
        io_lib:format("{~p, [~s]} -> ~p(~s); ", [
            Selector,
            lists:join(",", variables(Selector)),
            list_to_atom(Prefix ++ atom_to_list(Selector)),
            lists:join(",", ["Self" | variables(Selector)])
        ])
     || {Selector, _} <- Methods
    ],
    io_lib:format("~p(Selector, Self, Args) -> case {Selector, Args} of ~s _ -> ~s end.", [
        Function, Clauses, Fallback
    ]).

method(Prefix, {Selector, Body}) ->
    Function = list_to_atom(Prefix ++ atom_to_list(Selector)),
    Arguments = lists:join(",", ["Self" | variables(Selector)]),
    io_lib:format("~p(~s) -> ~s.", [Function, Arguments, Body]).

%% A1, A2 and so on in the bodies.
variables(Selector) ->
    ["A" ++ integer_to_list(I) || I <- lists:seq(1, beamtalk_selector:arity(Selector))].

meta(Super, #{name := Name} = Class) ->
    #{
        name => Name,
        super => Super,
        kind => maps:get(kind, Class, object),
        package => test,
        file => atom_to_binary(Name),
        modifiers => maps:get(modifiers, Class, []),
        doc => nil,
        native => nil,
        type_parameters => [],
        fields => [#{name => F, type => nil, has_default => true, doc => nil} || {F, _} <- maps:get(fields, Class, [])],
        class_state => [#{name => F, type => nil, has_default => true, doc => nil} || {F, _} <- maps:get(class_state, Class, [])],
        methods => [description(M) || M <- maps:get(methods, Class, [])],
        class_methods => [description(M) || M <- maps:get(class_methods, Class, [])],
        source => <<>>,
        line => 1,
        uninitialized => maps:get(uninitialized, Class, [])
    }.

description({Selector, Body}) ->
    #{
        selector => Selector,
        arity => beamtalk_selector:arity(Selector),
        signature => atom_to_binary(Selector),
        parameters => [],
        return_type => nil,
        doc => nil,
        source => list_to_binary(Body),
        line => 1,
        modifiers => [],
        primitive => false
    }.

%%% The kernel

kernel_names() ->
    [
        'ProtoObject', 'Object', 'Value', 'Behaviour', 'Class', 'Metaclass', 'Actor', 'Server', 'Future',
        'TimeoutProxy', 'Integer', 'Float', 'String', 'Binary', 'List', 'Dictionary', 'Tuple', 'Symbol', 'True',
        'False', 'UndefinedObject', 'Block', 'Array', 'Set', 'Result', 'Exception', 'Error',
        'RuntimeError', 'TypeError', 'InstantiationError', 'UninitializedStateError', 'ZeroDivide',
        'BEAMError', 'ExitError', 'ThrowError', 'ExceptionSet', 'ErlangModule', 'Supervisor',
        'DynamicSupervisor', 'SupervisionSpec'
    ].

kernel() ->
    [
        #{name => 'ProtoObject', super => nil, methods => forward(beamtalk_proto_object, [class, 'perform:', 'perform:withArguments:'])},
        #{
            name => 'Object',
            super => 'ProtoObject',
            methods => forward(beamtalk_object, [
                class, printString, hash, yourself, 'respondsTo:', 'isKindOf:', 'error:', fieldNames,
                'fieldAt:', 'fieldAt:put:', subclassResponsibility
            ]) ++ [{displayString, "beamtalk_send:send(Self, printString, [])"}]
        },
        #{
            name => 'Value',
            kind => value,
            methods => forward(beamtalk_value, [printString]),
            class_methods => forward_class(beamtalk_value, [new, 'new:'])
        },
        #{name => 'Behaviour', methods => forward(beamtalk_behaviour, [name, superclass, subclasses, allSubclasses, methods, allMethods, '>>', 'includesSelector:', fieldNames, 'canUnderstand:', allSuperclasses, isAbstract, category])},
        #{name => 'Class', super => 'Behaviour'},
        #{name => 'Metaclass', super => 'Class', methods => forward(beamtalk_metaclass, [thisClass, superclass])},
        #{
            name => 'Actor',
            kind => actor,
            methods => forward(beamtalk_actor, [
                'registerAs:', unregister, registeredName, isRegistered, 'withTimeout:', pid, monitor,
                'onExit:', 'link:', stop, kill, isAlive, isActor
            ]) ++ [{initialize, "nil"}, {'terminate:', "nil"}],
            class_methods => forward_class(beamtalk_actor, [
                spawn, 'spawnWith:', new, 'spawnAs:', 'spawnWith:as:', 'named:', allRegistered
            ]) ++ [{supervisionPolicy, "temporary"}, {isSupervisor, "false"}]
        },
        #{name => 'Server', super => 'Actor', kind => actor, methods => [{'handleInfo:', "nil"}]},
        #{
            name => 'Future',
            methods => forward(beamtalk_future, [
                await, 'await:', isResolved, isRejected, isPending, 'whenResolved:', 'whenRejected:',
                'map:', 'then:', cancel
            ]),
            class_methods => forward_class(beamtalk_future, ['on:', 'resolved:', 'rejected:', 'all:', 'any:'])
        },
        #{name => 'TimeoutProxy'},
        #{name => 'Integer', super => 'Value', kind => value, methods => [{'+', "Self + A1"}, {'/', "Self / A1"}]},
        #{name => 'Float', super => 'Value', kind => value},
        #{name => 'Binary', super => 'Value', kind => value},
        #{name => 'String', super => 'Binary', kind => value, methods => [{size, "string:length(Self)"}]},
        #{name => 'List', super => 'Value', kind => value, methods => [{size, "length(Self)"}]},
        #{name => 'Dictionary', super => 'Value', kind => value},
        #{name => 'Tuple', super => 'Value', kind => value},
        #{name => 'Symbol', kind => value},
        #{name => 'True', super => 'Value', kind => value},
        #{name => 'False', super => 'Value', kind => value},
        #{name => 'UndefinedObject', kind => value},
        #{name => 'Block', methods => forward(beamtalk_block, [value, 'value:'])},
        #{name => 'Array', super => 'Value', kind => value},
        #{name => 'Set', super => 'Value', kind => value},
        #{name => 'Result', super => 'Value', kind => value, fields => [{okValue, nil}, {errReason, nil}, {isOk, true}]},
        #{
            name => 'Exception',
            kind => exception,
            methods => forward(beamtalk_exception, [
                message, hint, kind, selector, stackTrace, printString, displayString, signal,
                'signal:', 'return:', retry, pass
            ]),
            class_methods => forward_class(beamtalk_exception, [new, 'new:', 'signal:', signal])
        },
        exception('Error', 'Exception'),
        exception('RuntimeError', 'Error'),
        exception('TypeError', 'Error'),
        exception('InstantiationError', 'Error'),
        exception('UninitializedStateError', 'InstantiationError'),
        exception('ZeroDivide', 'RuntimeError'),
        exception('BEAMError', 'Error'),
        exception('ExitError', 'BEAMError'),
        exception('ThrowError', 'BEAMError'),
        #{name => 'ExceptionSet', super => 'Value', kind => value, fields => [{classes, []}]},
        #{name => 'ErlangModule', super => 'ProtoObject', methods => [{printString, "beamtalk_print:print_string(Self)"}]},
        #{
            name => 'Supervisor',
            kind => supervisor,
            methods => forward(beamtalk_supervisor, [children, 'which:', 'terminate:', count, stop]),
            class_methods => forward_class(beamtalk_supervisor, [supervise, current]) ++
                [{strategy, "oneForOne"}, {maxRestarts, "10"}, {restartWindow, "60"}, {isSupervisor, "true"}, {supervisionPolicy, "permanent"}, {'initialize:', "nil"}]
        },
        #{
            name => 'DynamicSupervisor',
            kind => supervisor,
            methods => forward(beamtalk_dynamic_supervisor, [startChild, 'startChild:', 'terminateChild:', children]) ++
                [{count, "beamtalk_supervisor:count(Self)"}, {stop, "beamtalk_supervisor:stop(Self)"}],
            class_methods => [{supervise, "beamtalk_supervisor:'class supervise'(Self)"}, {current, "beamtalk_supervisor:'class current'(Self)"}, {maxRestarts, "10"}, {restartWindow, "60"}, {isSupervisor, "true"}, {supervisionPolicy, "permanent"}, {'initialize:', "nil"}]
        },
        #{name => 'SupervisionSpec', super => 'Value', kind => value, fields => [{id, nil}, {actorClass, nil}, {restart, temporary}, {args, nil}, {shutdown, nil}, {classMethod, nil}, {name, nil}]}
    ].

exception(Name, Super) -> #{name => Name, super => Super, kind => exception}.

forward(Module, Selectors) -> [{S, call(Module, "", S)} || S <- Selectors].

forward_class(Module, Selectors) -> [{S, call(Module, "class ", S)} || S <- Selectors].

call(Module, Prefix, Selector) ->
    lists:flatten(io_lib:format("~p:~p(~s)", [
        Module, list_to_atom(Prefix ++ atom_to_list(Selector)), lists:join(",", ["Self" | variables(Selector)])
    ])).
