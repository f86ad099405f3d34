%% @doc Classes made at run time: a module is generated whose methods call blocks.
%%
%% The blocks and the defaults are kept beside the module, in a persistent term, since funs cannot
%% be compiled into one. Building a class again replaces both.
-module(beamtalk_class_builder).

-export(['build:'/2, build/1, method/3, defaults/2]).
-export([held/1]).

-type specification() :: #{atom() => term()}.

%% The primitive behind `ClassBuilder>>register'.
-spec 'build:'(term(), specification()) -> beamtalk_class:class_object().
'build:'(_Builder, Specification) -> build(Specification).

%% Makes or replaces the class that the specification describes, and answers it.
-spec build(specification()) -> beamtalk_class:class_object().
build(Specification) ->
    Name = checked_name(maps:get(className, Specification, nil)),
    Super = checked_superclass(Name, maps:get(superclass, Specification, nil)),
    Module = module_name(Name),
    Class = #{
        name => Name,
        module => Module,
        super => Super,
        kind => kind(Super),
        fields => sorted(dictionary(fields, Specification)),
        class_state => sorted(dictionary(classState, Specification)),
        methods => blocks(Name, methods, Specification),
        class_methods => blocks(Name, classMethods, Specification),
        specification => Specification
    },
    {ok, Module, Binary} = compile:forms(forms(Class), [deterministic, nowarn_unused_function]),
    install(Class, Binary),
    {'$class', Module}.

install(#{module := Module} = Class, Binary) ->
    Holder = hold(Class),
    release(persistent_term:get({?MODULE, Module}, none)),
    persistent_term:put({?MODULE, Module}, #{
        holder => Holder,
        instance => maps:from_list(maps:get(methods, Class)),
        class => maps:from_list(maps:get(class_methods, Class)),
        fields => maps:from_list(maps:get(fields, Class)),
        class_state => maps:from_list(maps:get(class_state, Class))
    }),
    code:purge(Module),
    {module, Module} = code:load_binary(Module, "", Binary),
    case beamtalk_registry:register([Module]) of
        ok -> ok;
        {error, Exception} -> erlang:error(Exception)
    end.

%% A block written at the prompt is code of a module that goes when nothing refers to it any more.
%% The code server sees references from processes, not from persistent terms: a process holds the
%% blocks as well.
hold(#{methods := Methods, class_methods := ClassMethods, fields := Fields}) ->
    spawn(fun() -> erlang:hibernate(?MODULE, held, [{Methods, ClassMethods, Fields}]) end).

release(#{holder := Holder}) -> exit(Holder, kill);
release(none) -> true.

%% The loop of the process that holds the blocks.
-spec held(term()) -> no_return().
held(Blocks) ->
    receive
        _ -> erlang:hibernate(?MODULE, held, [Blocks])
    end.

%%% Checks

checked_name(Name) when is_atom(Name), Name =/= nil ->
    case atom_to_list(Name) of
        [C | _] when C >= $A, C =< $Z -> free_name(Name);
        _ -> bad(Name, [<<"A class name starts with a capital letter, got ">>, beamtalk_print:symbol(Name)])
    end;
checked_name(Other) ->
    beamtalk_exception:type_error('ClassBuilder', 'name:', <<"a Symbol">>, Other).

free_name(Name) ->
    case beamtalk_registry:lookup(Name) of
        error -> Name;
        {ok, Module} -> free_name(Name, is_dynamic(Module))
    end.

free_name(Name, true) ->
    Name;
free_name(Name, false) ->
    Message = [<<"Class '">>, atom_to_binary(Name), <<"' exists already">>],
    beamtalk_exception:raise(already_exists, 'ClassBuilder', register, Message, nil, Name).

checked_superclass(Name, nil) ->
    checked_superclass(Name, {'$class', 'bt@stdlib@Object'});
checked_superclass(Name, ClassName) when is_atom(ClassName) ->
    checked_superclass(Name, beamtalk_registry:class_named(ClassName));
checked_superclass(Name, {'$class', Module} = Class) ->
    case beamtalk_behaviour:isSealed(Class) of
        true ->
            bad(Name, [atom_to_binary(beamtalk_class:name(Module)), <<" is sealed and cannot be extended by ">>, atom_to_binary(Name)]);
        false ->
            Module
    end;
checked_superclass(_, Other) ->
    beamtalk_exception:type_error('ClassBuilder', 'superclass:', <<"a class">>, Other).

dictionary(Key, Specification) ->
    case maps:get(Key, Specification, #{}) of
        nil -> #{};
        Map when is_map(Map) -> Map;
        Other -> beamtalk_exception:type_error('ClassBuilder', Key, <<"a Dictionary">>, Other)
    end.

sorted(Map) -> lists:sort(maps:to_list(Map)).

%% A block takes the receiver and the arguments, or the arguments alone.
blocks(Name, Key, Specification) ->
    [{Selector, checked_block(Name, Selector, Block)} || {Selector, Block} <- sorted(dictionary(Key, Specification))].

checked_block(Name, Selector, Block) ->
    Arity = beamtalk_selector:arity(Selector),
    case is_function(Block, Arity + 1) orelse is_function(Block, Arity) of
        true ->
            Block;
        false when is_function(Block) ->
            bad(Name, io_lib:format("The block for ~ts takes the receiver and ~b arguments", [beamtalk_print:symbol(Selector), Arity]));
        false ->
            beamtalk_exception:type_error('ClassBuilder', Selector, <<"a Block">>, Block)
    end.

-spec bad(atom(), unicode:chardata()) -> no_return().
bad(Name, Message) ->
    beamtalk_exception:raise(invalid_argument, 'ClassBuilder', register, Message, nil, Name).

kind(Super) -> beamtalk_class:kind(Super).

module_name(Name) -> list_to_atom("bt@dynamic@" ++ atom_to_list(Name)).

%% Was the module made here?
-spec is_dynamic(module()) -> boolean().
is_dynamic(Module) -> lists:prefix("bt@dynamic@", atom_to_list(Module)).

%%% What the generated module calls

%% Runs a method's block.
-spec method(module(), {instance | class, atom()}, [term()]) -> term().
method(Module, {Side, Selector}, [Self | Args]) ->
    #{Side := #{Selector := Block}} = persistent_term:get({?MODULE, Module}),
    case is_function(Block, length(Args) + 1) of
        true -> apply(Block, [Self | Args]);
        false -> apply(Block, Args)
    end.

%% The class's own defaults over those of its superclass.
-spec defaults(module(), fields | class_state) -> map().
defaults(Module, Which) ->
    #{Which := Own} = persistent_term:get({?MODULE, Module}),
    Super = beamtalk_class:super(Module),
    Inherited =
        case Which of
            fields -> Super:'$defaults'();
            class_state -> Super:'$class_defaults'()
        end,
    maps:merge(Inherited, Own).

%%% The module

-define(L, 1).

forms(#{module := Module, super := Super} = Class) ->
    Instance = [method_form(Module, instance, S) || {S, _} <- maps:get(methods, Class)],
    Accessors = accessor_forms(Class),
    ClassSide = [method_form(Module, class, S) || {S, _} <- maps:get(class_methods, Class)],
    Constructor = constructor_forms(Class),
    Methods = Instance ++ Accessors,
    ClassMethods = ClassSide ++ Constructor,
    Functions =
        [Form || {_, Form} <- Methods ++ ClassMethods] ++
            [
                dispatch_form('$send', [{S, S} || {S, _} <- Methods], remote(Super, '$send')),
                dispatch_form('$csend', [{S, class_function(S)} || {S, _} <- ClassMethods], remote(Super, '$csend')),
                call_form('$defaults', defaults, [Module, fields]),
                call_form('$class_defaults', defaults, [Module, class_state]),
                {function, ?L, '$meta', 0, [{clause, ?L, [], [], [abstract(meta(Class))]}]}
            ],
    Exports = [{Name, Arity} || {function, _, Name, Arity, _} <- Functions],
    [
        {attribute, ?L, module, Module},
        {attribute, ?L, export, Exports},
        {attribute, ?L, compile, {no_auto_import, Exports}},
        {attribute, ?L, beamtalk, 1}
        | Functions
    ].

class_function(Selector) -> list_to_atom("class " ++ atom_to_list(Selector)).

method_form(Module, Side, Selector) ->
    Arity = beamtalk_selector:arity(Selector) + 1,
    Vars = variables(Arity),
    Function =
        case Side of
            instance -> Selector;
            class -> class_function(Selector)
        end,
    Call = {call, ?L, remote(?MODULE, method), [abstract(Module), abstract({Side, Selector}), list_form(Vars)]},
    {Selector, {function, ?L, Function, Arity, [{clause, ?L, Vars, [], [Call]}]}}.

%% Values have a getter and a copying setter for each field, unless defined.
accessor_forms(#{kind := Kind, fields := Fields, methods := Methods}) when Kind =:= value; Kind =:= exception; Kind =:= testCase ->
    Defined = [Selector || {Selector, _} <- Methods],
    [
        Accessor
     || {Field, _} <- Fields,
        {Selector, _} = Accessor <- [getter(Field), setter(Field)],
        not lists:member(Selector, Defined)
    ];
accessor_forms(_) ->
    [].

getter(Field) ->
    Self = {var, ?L, 'Self'},
    Body = {call, ?L, remote(maps, get), [abstract(Field), Self]},
    {Field, {function, ?L, Field, 1, [{clause, ?L, [Self], [], [Body]}]}}.

setter(Field) ->
    [First | Rest] = atom_to_list(Field),
    Selector = list_to_atom("with" ++ [string:to_upper(First) | Rest] ++ ":"),
    Self = {var, ?L, 'Self'},
    Value = {var, ?L, 'Value'},
    Body = {call, ?L, remote(maps, put), [abstract(Field), Value, Self]},
    {Selector, {function, ?L, Selector, 2, [{clause, ?L, [Self, Value], [], [Body]}]}}.

%% `x: 1 y: 2' on the class, with the fields in their order.
constructor_forms(#{kind := value, fields := [_ | _] = Fields, class_methods := Defined}) ->
    Names = [Field || {Field, _} <- Fields],
    Selector = list_to_atom(lists:append([atom_to_list(Name) ++ ":" || Name <- Names])),
    case lists:keymember(Selector, 1, Defined) of
        true -> [];
        false -> [constructor(Selector, Names)]
    end;
constructor_forms(_) ->
    [].

constructor(Selector, Names) ->
    [Self | Values] = variables(length(Names) + 1),
    Map = {map, ?L, [{map_field_assoc, ?L, abstract(Name), Value} || {Name, Value} <- lists:zip(Names, Values)]},
    New = {call, ?L, remote(beamtalk_value, 'class new:'), [Self, Map]},
    {Selector, {function, ?L, class_function(Selector), length(Names) + 1, [{clause, ?L, [Self | Values], [], [New]}]}}.

dispatch_form(Name, Selectors, Super) ->
    [Selector, Self, Args] = [{var, ?L, V} || V <- ['Selector', 'Self', 'Args']],
    Clauses = [dispatch_clause(S, Function, Self) || {S, Function} <- Selectors],
    Else = {clause, ?L, [{var, ?L, '_'}, {var, ?L, '_'}], [], [{call, ?L, Super, [Selector, Self, Args]}]},
    Pairs = [
        {clause, ?L, [{tuple, ?L, Patterns}], Guards, Body}
     || {clause, _, Patterns, Guards, Body} <- Clauses ++ [Else]
    ],
    Body = {'case', ?L, {tuple, ?L, [Selector, Args]}, Pairs},
    {function, ?L, Name, 3, [{clause, ?L, [Selector, Self, Args], [], [Body]}]}.

dispatch_clause(Selector, Function, Self) ->
    Vars = tl(variables(beamtalk_selector:arity(Selector) + 1)),
    {clause, ?L, [abstract(Selector), list_form(Vars)], [], [{call, ?L, {atom, ?L, Function}, [Self | Vars]}]}.

call_form(Name, Function, Args) ->
    Call = {call, ?L, remote(?MODULE, Function), [abstract(Arg) || Arg <- Args]},
    {function, ?L, Name, 0, [{clause, ?L, [], [], [Call]}]}.

remote(Module, Function) -> {remote, ?L, {atom, ?L, Module}, {atom, ?L, Function}}.

variables(N) -> [{var, ?L, list_to_atom("A" ++ integer_to_list(I))} || I <- lists:seq(1, N)].

list_form(Elements) ->
    lists:foldr(fun(E, Tail) -> {cons, ?L, E, Tail} end, {nil, ?L}, Elements).

abstract(Term) -> erl_parse:abstract(Term, ?L).

meta(#{name := Name, super := Super, kind := Kind, specification := Specification} = Class) ->
    #{
        name => Name,
        super => Super,
        kind => Kind,
        package => dynamic,
        file => <<>>,
        modifiers => maps:get(modifiers, Specification, []),
        doc => maps:get(classDoc, Specification, nil),
        native => maps:get(native, Specification, nil),
        type_parameters => [],
        fields => [data(Field) || {Field, _} <- maps:get(fields, Class)],
        class_state => [data(Field) || {Field, _} <- maps:get(class_state, Class)],
        methods => descriptions(instance, maps:get(methods, Class), Specification),
        class_methods => descriptions(class, maps:get(class_methods, Class), Specification),
        source => <<>>,
        line => 1,
        uninitialized => []
    }.

data(Field) -> #{name => Field, type => nil, has_default => true, doc => nil}.

descriptions(Side, Methods, Specification) ->
    Of = fun(Key, Selector, Default) -> maps:get(Selector, dictionary(Key, Specification), Default) end,
    {Sources, Signatures, Types, Docs} =
        case Side of
            instance -> {methodSource, methodSignatures, methodReturnTypes, methodDocs};
            class -> {classMethodSource, classMethodSignatures, classMethodReturnTypes, classMethodDocs}
        end,
    [
        #{
            selector => Selector,
            arity => beamtalk_selector:arity(Selector),
            signature => text(Of(Signatures, Selector, atom_to_binary(Selector))),
            parameters => [],
            return_type => text_or_nil(Of(Types, Selector, nil)),
            doc => text_or_nil(Of(Docs, Selector, nil)),
            source => text(Of(Sources, Selector, <<>>)),
            line => 1,
            modifiers => [],
            primitive => false
        }
     || {Selector, _} <- Methods
    ].

text(Text) when is_binary(Text) -> Text;
text(Other) -> beamtalk_print:display_string(Other).

text_or_nil(nil) -> nil;
text_or_nil(Other) -> text(Other).
